// The Linux system calls that Glibc's Swift module lacks. Every function returns its result or -errno.
#pragma once
#include <errno.h>
#include "CLinuxNetwork.h"
#include "CLinuxProcess.h"
#include "CLinuxSockets.h"
#include "CLinuxSupervise.h"
