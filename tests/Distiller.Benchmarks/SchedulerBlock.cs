namespace Distiller.Benchmarks;

/// <summary>What a block of jobs measured.</summary>
/// <param name="StartMs">Of each job that was due at a moment of its own: from due to start, in ms.</param>
/// <param name="MsPerJob">Of jobs that were all due at once: from due to the end of the last, over their number.</param>
/// <param name="CpuMsPerJob">Time of processors that the whole process used meanwhile, over their number.</param>
internal sealed record SchedulerBlock(IReadOnlyList<double> StartMs, double MsPerJob, double CpuMsPerJob);
