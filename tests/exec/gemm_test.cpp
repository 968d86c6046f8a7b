// Products against a double loop, and the promise that an element's bits depend on nothing but its own sum.
#include <cmath>
#include <limits>

#include "kernel_fixture.hpp"
#include "kernels.hpp"

namespace recur::exec {
namespace {

struct Shape {
  int64_t m, n, k;
};

std::ostream& operator<<(std::ostream& out, const Shape& s) { return out << s.m << " x " << s.n << " x " << s.k; }

using Gemm = OnEachTarget;

enum class Addend { kNone, kFull, kRow, kSelf };

TEST_P(Gemm, PackedMatchesADoubleLoopForOddSizesStridesAndAddends) {
  const int64_t ms[] = {1, 2, 3, 5, 6, 7, 8, 11, 13, 20};
  const int64_t ns[] = {1, 3, 15, 16, 17, 31, 33, 47, 64, 65, 100, 129, 200};
  const int64_t ks[] = {1, 2, 7, 64, 129, 300};
  for (const int64_t m : ms) {
    for (const int64_t n : ns) {
      for (const int64_t k : ks) {
        const bool transposed = (m + n + k) % 2 == 0;
        const auto addend = static_cast<Addend>((m + 3 * n + k) % 4);
        const int64_t lda = k + 3, ldb = (transposed ? k : n) + 2, ldc = n + 5;
        const std::vector<float> a = numbers(static_cast<size_t>(m * lda), -1, 1);
        const std::vector<float> b = numbers(static_cast<size_t>((transposed ? n : k) * ldb), -1, 1);
        const std::vector<float> d = numbers(static_cast<size_t>(m * ldc), -1, 1);
        std::vector<float> c = d;
        std::vector<float> packed(packed_size(k, n), std::numeric_limits<float>::quiet_NaN());
        pack(b.data(), k, n, ldb, transposed, packed.data());
        const float* from = addend == Addend::kNone ? nullptr : addend == Addend::kSelf ? c.data() : d.data();
        gemm_packed(m, n, k, a.data(), lda, packed.data(), from, addend == Addend::kRow ? 0 : ldc, c.data(), ldc);
        for (int64_t i = 0; i < m; ++i) {
          for (int64_t j = 0; j < ldc; ++j) {
            const auto at = static_cast<size_t>(i * ldc + j);
            if (j >= n) {
              ASSERT_EQ(c[at], d[at]) << "beyond the columns of " << Shape{m, n, k};
              continue;
            }
            double exact = 0;
            if (from != nullptr) exact = d[static_cast<size_t>((addend == Addend::kRow ? 0 : i * ldc) + j)];
            for (int64_t x = 0; x < k; ++x) {
              exact += double{a[static_cast<size_t>(i * lda + x)]} *
                       b[static_cast<size_t>(transposed ? j * ldb + x : x * ldb + j)];
            }
            ASSERT_NEAR(c[at], exact, 1e-5 * std::sqrt(static_cast<double>(k)) + 1e-6)
                << Shape{m, n, k} << " at " << i << ", " << j;
          }
        }
      }
    }
  }
}

TEST_P(Gemm, ARowHasTheSameBitsWhateverTheNumberOfRows) {
  for (const Shape s : {Shape{64, 256, 64}, Shape{37, 200, 301}, Shape{20, 65, 650}, Shape{33, 17, 129}}) {
    const std::vector<float> a = numbers(static_cast<size_t>(s.m * s.k), -1, 1);
    const std::vector<float> b = numbers(static_cast<size_t>(s.k * s.n), -1, 1);
    std::vector<float> packed(packed_size(s.k, s.n));
    pack(b.data(), s.k, s.n, s.n, false, packed.data());
    std::vector<float> whole(static_cast<size_t>(s.m * s.n));
    gemm_packed(s.m, s.n, s.k, a.data(), s.k, packed.data(), nullptr, 0, whole.data(), s.n);
    for (int64_t m = 1; m <= s.m; ++m) {
      std::vector<float> part(static_cast<size_t>(m * s.n));
      gemm_packed(m, s.n, s.k, a.data(), s.k, packed.data(), nullptr, 0, part.data(), s.n);
      ASSERT_TRUE(std::equal(part.begin(), part.end(), whole.begin())) << s << ", " << m << " rows";
    }
  }
}

TEST_P(Gemm, SumsInRisingOrderWithOneAccumulator) {
  if ((GetParam() & kFusedTargets) == 0) GTEST_SKIP() << "no fused multiply-add";
  for (const Shape s : {Shape{1, 64, 64}, Shape{5, 70, 257}, Shape{8, 33, 1000}}) {
    const std::vector<float> a = numbers(static_cast<size_t>(s.m * s.k), -1, 1);
    const std::vector<float> b = numbers(static_cast<size_t>(s.k * s.n), -1, 1);
    const std::vector<float> d = numbers(static_cast<size_t>(s.n), -1, 1);
    std::vector<float> packed(packed_size(s.k, s.n));
    pack(b.data(), s.k, s.n, s.n, false, packed.data());
    std::vector<float> c(static_cast<size_t>(s.m * s.n));
    gemm_packed(s.m, s.n, s.k, a.data(), s.k, packed.data(), d.data(), 0, c.data(), s.n);
    for (int64_t i = 0; i < s.m; ++i) {
      for (int64_t j = 0; j < s.n; ++j) {
        float sum = d[static_cast<size_t>(j)];
        for (int64_t x = 0; x < s.k; ++x) {
          sum = std::fma(a[static_cast<size_t>(i * s.k + x)], b[static_cast<size_t>(x * s.n + j)], sum);
        }
        ASSERT_EQ(c[static_cast<size_t>(i * s.n + j)], sum) << s << " at " << i << ", " << j;
      }
    }
  }
}

TEST_P(Gemm, UnpackedMatchesADoubleLoopForEveryTranspositionAndAccumulation) {
  for (const Shape s : {Shape{1, 1, 1}, Shape{3, 5, 7}, Shape{1, 40, 33}, Shape{70, 1, 90}, Shape{101, 67, 131},
                        Shape{13, 1030, 20}, Shape{200, 19, 300}, Shape{128, 130, 1}, Shape{9, 33, 700},
                        Shape{100, 2, 3}, Shape{2, 100, 260}}) {
    for (int variant = 0; variant < 8; ++variant) {
      const bool ta = (variant & 1) != 0, tb = (variant & 2) != 0, accumulate = (variant & 4) != 0;
      const int64_t lda = (ta ? s.m : s.k) + 1, ldb = (tb ? s.k : s.n) + 4, ldc = s.n + 2;
      const std::vector<float> a = numbers(static_cast<size_t>((ta ? s.k : s.m) * lda), -1, 1);
      const std::vector<float> b = numbers(static_cast<size_t>((tb ? s.n : s.k) * ldb), -1, 1);
      const std::vector<float> before = numbers(static_cast<size_t>(s.m * ldc), -1, 1);
      std::vector<float> c = before;
      const size_t scratch_size = gemm_scratch(s.m, s.n, s.k, ta, tb);
      std::vector<float> scratch(scratch_size + 1, 77.0f);
      gemm(ta, tb, s.m, s.n, s.k, a.data(), lda, b.data(), ldb, accumulate, c.data(), ldc, scratch.data());
      ASSERT_EQ(scratch[scratch_size], 77.0f) << s;
      for (int64_t i = 0; i < s.m; ++i) {
        for (int64_t j = 0; j < ldc; ++j) {
          const auto at = static_cast<size_t>(i * ldc + j);
          if (j >= s.n) {
            ASSERT_EQ(c[at], before[at]) << "beyond the columns of " << s;
            continue;
          }
          double exact = accumulate ? before[at] : 0;
          for (int64_t x = 0; x < s.k; ++x) {
            exact += double{a[static_cast<size_t>(ta ? x * lda + i : i * lda + x)]} *
                     b[static_cast<size_t>(tb ? j * ldb + x : x * ldb + j)];
          }
          ASSERT_NEAR(c[at], exact, 1e-5 * std::sqrt(static_cast<double>(s.k)) + 1e-6)
              << s << " variant " << variant << " at " << i << ", " << j;
        }
      }
    }
  }
}

TEST_P(Gemm, BatchedMatchesADoubleLoopAndDoesNotDependOnTheBatch) {
  const int64_t ms[] = {1, 2, 4, 7, 20}, ns[] = {1, 5, 20, 33, 100}, ks[] = {1, 7, 16, 37};
  constexpr int64_t kBatch = 3;
  for (const int64_t m : ms)
    for (const int64_t n : ns)
      for (const int64_t k : ks)
        for (int variant = 0; variant < 8; ++variant) {
          const bool ta = (variant & 1) != 0, tb = (variant & 2) != 0, accumulate = (variant & 4) != 0;
          const std::vector<float> a = numbers(static_cast<size_t>(kBatch * m * k), -1, 1), b = numbers(static_cast<size_t>(kBatch * k * n), -1, 1);
          const std::vector<float> d = numbers(static_cast<size_t>(kBatch * m * n), -1, 1);
          std::vector<float> scratch(gemm_scratch(m, n, k, ta, tb)), c = d, one = d;
          gemm_batched(ta, tb, kBatch, m, n, k, a.data(), b.data(), accumulate, c.data(), scratch.data());
          for (int64_t x = 0; x < kBatch; ++x)
            gemm_batched(ta, tb, 1, m, n, k, a.data() + x * m * k, b.data() + x * k * n, accumulate, one.data() + x * m * n, scratch.data());
          ASSERT_EQ(c, one) << Shape{m, n, k} << ", variant " << variant;
          for (int64_t x = 0; x < kBatch; ++x)
            for (int64_t i = 0; i < m; ++i)
              for (int64_t j = 0; j < n; ++j) {
                const auto at = static_cast<size_t>((x * m + i) * n + j);
                double exact = accumulate ? d[at] : 0;
                for (int64_t y = 0; y < k; ++y)
                  exact += double{a[static_cast<size_t>(x * m * k + (ta ? y * m + i : i * k + y))]} * b[static_cast<size_t>(x * k * n + (tb ? j * k + y : y * n + j))];
                ASSERT_NEAR(c[at], exact, 1e-5 * std::sqrt(static_cast<double>(k)) + 1e-6) << Shape{m, n, k} << ", variant " << variant << " at " << i << ", " << j;
              }
        }
}

TEST_P(Gemm, UnpackedGivesTheBitsOfPacked) {
  for (const Shape s : {Shape{1, 200, 301}, Shape{5, 128, 129}, Shape{20, 65, 650}, Shape{400, 130, 260}}) {
    const std::vector<float> a = numbers(static_cast<size_t>(s.m * s.k), -1, 1);
    const std::vector<float> b = numbers(static_cast<size_t>(s.k * s.n), -1, 1);
    std::vector<float> packed(packed_size(s.k, s.n)), scratch(gemm_scratch(s.m, s.n, s.k, false, false));
    pack(b.data(), s.k, s.n, s.n, false, packed.data());
    std::vector<float> from_packed(static_cast<size_t>(s.m * s.n)), from_unpacked(from_packed.size());
    gemm_packed(s.m, s.n, s.k, a.data(), s.k, packed.data(), nullptr, 0, from_packed.data(), s.n);
    gemm(false, false, s.m, s.n, s.k, a.data(), s.k, b.data(), s.n, false, from_unpacked.data(), s.n, scratch.data());
    EXPECT_EQ(from_packed, from_unpacked) << s;
  }
}

RECUR_ON_EACH_TARGET(Gemm);

}  // namespace
}  // namespace recur::exec
