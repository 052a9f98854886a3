/* All typed verbs. Each builds a command (at_cmd_…) and reads its reply (at_read_…); none keeps state. */
#pragma once

#include "at_commands/calls.h"
#include "at_commands/identity.h"
#include "at_commands/messages.h"
#include "at_commands/network.h"
#include "at_commands/setup.h"
