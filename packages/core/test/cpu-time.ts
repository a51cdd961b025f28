/** What the work takes of this thread's processor, in milliseconds: what else the machine does is not in it. */
export function cpuTime(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  return process.threadCpuUsage(before).user / 1_000;
}
