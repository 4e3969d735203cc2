#include "coordinator/lifecycle/persistent_vector.h"

#include <numeric>

#include "gtest/gtest.h"

namespace gyrus {
namespace {

std::vector<int> Numbers(int count) {
  std::vector<int> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

struct Counter final : ElementCounter {
  void CountRead() override { ++reads; }
  void CountWrite() override { ++writes; }
  int reads = 0;
  int writes = 0;
};

TEST(PersistentVectorTest, HasItsElementsInOrderWhateverItsSize) {
  for (const int size : {0, 1, 2, 15, 16, 17, 255, 256, 257, 4096, 4097, 10000}) {
    const PersistentVector<int> vector(Numbers(size));
    EXPECT_EQ(vector.size(), size);
    EXPECT_EQ(std::vector<int>(vector.begin(), vector.end()), Numbers(size));
    for (int i = 0; i < size; ++i) ASSERT_EQ(vector[i], i) << "of " << size;
  }
}

TEST(PersistentVectorTest, ACopyKeepsWhatItHadWhenTheOtherChanges) {
  for (const int size : {1, 16, 300}) {
    for (int i = 0; i < size; ++i) {
      PersistentVector<int> vector(Numbers(size));
      const PersistentVector<int> before = vector;
      const int& element = before[i];
      vector.Set(i, -1);
      EXPECT_EQ(element, i);
      EXPECT_EQ(std::vector<int>(before.begin(), before.end()), Numbers(size));
      std::vector<int> expected = Numbers(size);
      expected[i] = -1;
      EXPECT_EQ(std::vector<int>(vector.begin(), vector.end()), expected);
      EXPECT_FALSE(vector == before);
    }
  }
}

TEST(PersistentVectorTest, CopiesShareEveryElementThatIsTheSame) {
  PersistentVector<int> vector(Numbers(1000));
  const PersistentVector<int> before = vector;
  vector.Set(500, 0);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(&vector[i] == &before[i], i != 500) << i;
}

TEST(PersistentVectorTest, CountsReadsAndWrites) {
  Counter counter;
  PersistentVector<int> vector(Numbers(100), &counter);
  vector.Set(3, 1);
  const PersistentVector<int> copy = vector;
  EXPECT_EQ(copy[3] + copy[4], 5);
  EXPECT_EQ(counter.writes, 1);
  EXPECT_EQ(counter.reads, 2);
}

}  // namespace
}  // namespace gyrus
