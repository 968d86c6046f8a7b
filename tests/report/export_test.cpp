#include "recur/report/export.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cmath>

#include "records.hpp"

namespace recur::report {
namespace {

using store::TrialRecord;
using store::TrialState;

TEST(ExportTest, EpochsAsCsv) {
  TrialRecord t = trial("gru", 0, 20.5, 21);
  t.epochs.values[3] = std::nan("");
  EXPECT_EQ(to_csv(std::vector<TrialRecord>{t}, Rows::epochs),
            "trial,variant,replicate,state,model.cell,train.optimizer.lr,epoch,step,seconds,train/loss,valid/rmse\n"
            "gru-0-0.0100,gru,0,done,gru,0.01,0,10,1.5,,21.5\n"
            "gru-0-0.0100,gru,0,done,gru,0.01,1,20,3,0.25,20.5\n");
}

TEST(ExportTest, ResultsOfTrialsWithOtherColumnsShareTheUnion) {
  TrialRecord a = trial("gru", 0, 20, 21), b = not_done(trial("a,\"b\"", 1, 0, 0), TrialState::failed, "no luck");
  a.outcome.results = {{"test/rmse", 0.1}};
  b.spec.point = {{"extra", true}};
  b.epochs_done = 0;
  b.seconds = 0;
  EXPECT_EQ(to_csv(std::vector<TrialRecord>{a, b}, Rows::results),
            "trial,variant,replicate,state,model.cell,train.optimizer.lr,extra,parameters,flops_per_step,epochs,best_epoch,"
            "seconds,test/rmse\n"
            "gru-0-0.0100,gru,0,done,gru,0.01,,1234,5600000,2,1,3,0.1\n"
            "\"a,\"\"b\"\"-1-0.0100\",\"a,\"\"b\"\"\",1,failed,,,true,1234,5600000,0,,0,\n");
}

TEST(ExportTest, StepsAsCsv) {
  TrialRecord t = trial("gru", 0, 20, 21);
  t.spec.point.clear();
  t.steps.values = {0, 0, 0.5, 1.0 / 3};
  EXPECT_EQ(to_csv(std::vector<TrialRecord>{t}, Rows::steps),
            "trial,variant,replicate,state,step,epoch,seconds,loss\n"
            "gru-0-0.0100,gru,0,done,0,0,0.5,0.3333333333333333\n");
}

TEST(ExportTest, ATrialAsJsonHasEverythingButTheWeightsValues) {
  TrialRecord t = trial("gru", 3, 20, 21);
  t.spec.seed = 0xfedcba9876543210;
  t.epochs.values[3] = std::nan("");
  t.outcome.best = {{"W", {2, 3}, {1, 2, 3, 4, 5, 6}, {{"gate_order", "r z n"}}}};
  t.log = {{12.5, store::Level::warning, "größer"}};
  t.spec.provenance.libraries["onednn"] = "2.6.3";
  const boost::json::value v = boost::json::parse(to_json(t));
  EXPECT_EQ(v.at("replicate").as_int64(), 3);
  EXPECT_EQ(v.at("seed").as_uint64(), 0xfedcba9876543210U);
  EXPECT_EQ(v.at("state").as_string(), "done");
  EXPECT_EQ(v.at("point").at("train.optimizer.lr").as_double(), 0.01);
  EXPECT_EQ(v.at("epochs").at("valid/rmse").as_array().at(1).as_double(), 20);
  EXPECT_TRUE(v.at("epochs").at("train/loss").as_array().at(0).is_null());
  EXPECT_EQ(v.at("weights").at("best").as_array().at(0).at("shape").as_array().at(1).as_int64(), 3);
  EXPECT_EQ(v.at("log").as_array().at(0).at("text").as_string(), "größer");
  EXPECT_EQ(v.at("provenance").at("libraries").at("onednn").as_string(), "2.6.3");
  EXPECT_EQ(boost::json::parse(to_json(std::vector<TrialRecord>{t, t})).at("trials").as_array().size(), 2U);
}

}  // namespace
}  // namespace recur::report
