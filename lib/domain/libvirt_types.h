// libvirt's objects by name, so that no header of ours needs one of libvirt's.
#pragma once

struct _virConnect;         // NOLINT(bugprone-reserved-identifier): libvirt's choice
struct _virDomain;          // NOLINT(bugprone-reserved-identifier)
struct _virTypedParameter;  // NOLINT(bugprone-reserved-identifier)
