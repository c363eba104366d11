// havc metadata, havc tags: what is worth knowing of VMs, and what they are selected by.

#include <algorithm>
#include <ostream>

#include "base/text.h"
#include "havc/commands.h"
#include "havc/edit.h"
#include "havc/output.h"
#include "havc/vms.h"

namespace havc::cli {

namespace {

constexpr ColumnDoc kValueColumns[] = {
    {"vm", "VM", "The VM's name"},
    {"name", "NAME", "What the value is called"},
    {"value", "VALUE", "The value"},
};

constexpr ColumnDoc kTagColumns[] = {
    {"tag", "TAG", "The tag"},
    {"vms", "VMS", "Who has it"},
};

constexpr OptionRow kListOptions[] = {kVms};

constexpr OptionRow kGetOptions[] = {
    {"VM", "VM", "Whose", Takes::one, {}, options::Need::required},
    {"NAME", "NAME", "Which value", Takes::one, {}, options::Need::required},
};

constexpr OptionRow kSetOptions[] = {
    {"VM",
     "",
     "Which VMs, as for 'havc list'; then NAME=VALUE, or NAME= to remove it. The first word is "
     "always a VM",
     Takes::many,
     {},
     options::Need::required},
};

constexpr OptionRow kTagOptions[] = {
    {"TAGS", "TAGS", "One or more, separated by commas", Takes::one, {}, options::Need::required},
    kVmsToChange,
};

int list_values(Call& call) {
  std::vector<Row> rows;
  for (const auto* const vm : vms_to_show(call, {}).vms) {
    for (const auto& [name, value] : vm->metadata) rows.push_back({vm->name.text, name, value});
  }
  print_rows(call, "havc.metadata/1", rows);
  return kDone;
}

int get_value(Call& call) {
  const std::string name = call.text("NAME");
  for (const auto* const vm : vms_to_change(call)) {
    const auto found = vm->metadata.find(name);
    if (found == vm->metadata.end())
      throw Error(Fault::failed,
                  text::quote(vm->name.text) + " has no metadata " + text::quote(name),
                  "see 'havc metadata list " + vm->name.text + "'");
    call.out() << found->second << '\n';
  }
  return kDone;
}

int set_values(Call& call) {
  const Order order = order_of(call, "metadata.", "NAME=VALUE");
  const auto vms = inventory::select(call.inventory().vms, order.vms, inventory::NoWords::refuse);
  return edit_vms(call, vms, order.changes);
}

int list_tags(Call& call) {
  std::map<std::string, std::vector<std::string>> tags;
  for (const auto* const vm : vms_to_show(call, {}).vms) {
    for (const auto& tag : vm->tags) tags[tag.text].push_back(vm->name.text);
  }
  std::vector<Row> rows;
  rows.reserve(tags.size());
  for (const auto& [tag, vms] : tags) rows.push_back({tag, vms});
  print_rows(call, "havc.tags/1", rows);
  return kDone;
}

int edit_tags(Call& call, inventory::KeyChange::How how) {
  return edit_vms(call, vms_to_change(call), {{how, "tags", call.text("TAGS")}});
}

int add_tags(Call& call) {
  return edit_tags(call, inventory::KeyChange::How::add);
}

int remove_tags(Call& call) {
  return edit_tags(call, inventory::KeyChange::How::remove);
}

}  // namespace

const Command kMetadataList{
    .name = "metadata list",
    .group = Group::inventory,
    .summary = "Show what is noted of VMs: owner, purpose",
    .description =
        "Shows the metadata of VMs as the inventory has it. 'havc apply' brings it into "
        "libvirt's <metadata>, too.",
    .options = kListOptions,
    .columns = kValueColumns,
    .run = list_values,
};

const Command kMetadataGet{
    .name = "metadata get",
    .group = Group::inventory,
    .summary = "Print one value",
    .description = "Prints the value alone, for scripts. It is an error when there is none.",
    .options = kGetOptions,
    .run = get_value,
};

const Command kMetadataSet{
    .name = "metadata set",
    .group = Group::inventory,
    .summary = "Note something of VMs, or remove the note",
    .description =
        "Names are 1 to 40 of a-z, 0-9 and '-'. Values may be any text in one line. As "
        "'havc set' with metadata.NAME=VALUE.",
    .options = kSetOptions,
    .columns = kEditColumns,
    .run = set_values,
};

const Command kTagsList{
    .name = "tags list",
    .group = Group::inventory,
    .summary = "Show tags, and who has them",
    .description = "Tags select VMs, as tag:TAG, and are tags of the same name in Pacemaker.",
    .options = kListOptions,
    .columns = kTagColumns,
    .run = list_tags,
};

const Command kTagsAdd{
    .name = "tags add",
    .group = Group::inventory,
    .summary = "Give tags to VMs",
    .description =
        "Those that have the tag already stay as they are. As 'havc set' with tags+=TAG.",
    .options = kTagOptions,
    .columns = kEditColumns,
    .run = add_tags,
};

const Command kTagsRemove{
    .name = "tags remove",
    .group = Group::inventory,
    .summary = "Take tags from VMs",
    .description = "Those that do not have it stay as they are. As 'havc set' with tags-=TAG.",
    .options = kTagOptions,
    .columns = kEditColumns,
    .run = remove_tags,
};

}  // namespace havc::cli
