// SHA-256 of a text, as nodes prove by it what their files hold.
#pragma once

#include <string>
#include <string_view>

namespace havc::node {

/// 64 hexadecimal digits in small letters. Throws Error(failed).
std::string sha256(std::string_view text);

}  // namespace havc::node
