#include "node/sha256.h"

#include "support/catch.h"

// FIPS 180-2, appendix B.1; and of nothing.
TEST_CASE("SHA-256 is in small hexadecimal digits", "[node]") {
  CHECK(havc::node::sha256("abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(havc::node::sha256("") ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
