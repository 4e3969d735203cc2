#include "common/local_address.h"

#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(LocalAddressTest, IsTheOneThatLeadsToThePeer) {
  EXPECT_EQ(LocalAddressTowards("127.0.0.1:7070").value(), "127.0.0.1");
  EXPECT_EQ(LocalAddressTowards("127.9.8.7:7070").value(), "127.0.0.1");
}

TEST(LocalAddressTest, SaysWhereNothingLeads) {
  for (const char* const nowhere : {"no-such-host.invalid:1", "", ":", "127.0.0.1:x"}) {
    EXPECT_EQ(LocalAddressTowards(nowhere).status().code(), absl::StatusCode::kUnavailable)
        << nowhere;
  }
}

}  // namespace
}  // namespace gyrus
