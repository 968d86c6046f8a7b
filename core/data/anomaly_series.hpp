// Series in which anomalies are looked for, and what of them is learned from.
//
//   SKAB  the Skoltech anomaly benchmark (Katser and Kozitsin 2020, doi:10.34740/kaggle/dsv/1693952): CSV files of 8 sensors with a column
//         `anomaly`. As its own notebooks do, the first `train_rows` of each labelled file are learned from and each file is standardised by
//         them; here all files share one model, the rows that are learned from are not tested unless asked for, as the notebooks do, and files
//         without labels may be learned from whole
//   NAB   the Numenta anomaly benchmark (Lavin and Ahmad 2015, arXiv:1510.03336): CSV files of timestamp and value and, in
//         labels/combined_windows.json, the windows of each file that are anomalous, both ends included. The probationary rows at the
//         beginning, 15 % but at most 750 as its programs have it, are learned from
//
// Rows that are labelled as anomalous are never learned from. Each series is standardised by the normal rows that are learned from, csv
// files by the training file; a value that is constant there is only centred.
//
// Errors: UserError with file, member of the archive, line and column: what the readers of archives and CSV files name; columns that differ
// between files; a label or a member that is missing; windows without a file, files without windows; nothing to learn from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recur/data/anomaly_options.hpp"

namespace recur::data {

struct AnomalySeries {
  std::string name;
  std::vector<float> values;       // [P, C], standardised
  std::vector<uint8_t> anomalous;  // [P]
  int64_t learned = 0;             // first rows that are learned from
  int64_t tested = 0;              // the first row that is tested, and all after it

  int64_t rows() const { return static_cast<int64_t>(anomalous.size()); }
};

struct AnomalyCorpus {
  std::vector<std::string> columns;  // C names
  std::vector<AnomalySeries> series;
};

AnomalyCorpus read_skab(const AnomalyOptions& options);
AnomalyCorpus read_nab(const AnomalyOptions& options);
AnomalyCorpus read_anomaly_csv(const AnomalyOptions& options);

}  // namespace recur::data
