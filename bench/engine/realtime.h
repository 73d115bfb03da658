// Real-time priority for a thread of a bench that must not wait for other programs.
#pragma once
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

namespace oavc::bench {

/// SCHED_FIFO and exact timers for the calling thread; false without the right to the priority.
inline bool becomeRealtime(int priority) {
  prctl(PR_SET_TIMERSLACK, 1);
  sched_param parameters{};
  parameters.sched_priority = priority;
  return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) == 0;
}

}  // namespace oavc::bench
