// What 'havc status' prints of a survey, and what other views share with it.
#pragma once

#include <string>
#include <vector>

#include "havc/command.h"
#include "havc/survey.h"

namespace havc::cli {

inline constexpr OptionRow kNoLibvirt{
    "--no-libvirt", "", "Do not ask libvirt on the nodes: what Pacemaker does not know is missing"};

/// "online", "standby", …: what there is to say of a node.
std::vector<std::string> words_of(const cluster::Node& node);

/// Gives the exit code.
int show_status(Call& call, const Survey& survey);

}  // namespace havc::cli
