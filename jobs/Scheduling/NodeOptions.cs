using Distiller.Runs;

namespace Distiller.Jobs.Scheduling;

/// <summary>What one machine of a scheduler is and does.</summary>
public sealed record NodeOptions
{
    public const string Cpu = "cpu";
    public const string Gpu = "gpu";

    /// <summary>No two machines of a cluster share one; the same after a restart.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="Cpu"/> (collect, mine, evaluate), <see cref="Gpu"/> (distill) or both.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [Cpu, Gpu];

    /// <summary>Trainings at once: one per GPU, and one where there is none. At least 1.</summary>
    public int Gpus { get; init; } = 1;

    /// <summary>Other steps at once. At least 1.</summary>
    public int CpuSteps { get; init; } = 1;

    /// <summary>How often the machine looks for wishes and for what is left undone.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A machine that was not heard of for so long is taken for dead, and its steps for nobody's.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often it tells that it lives.</summary>
    public TimeSpan BeatEvery => DeadAfter / 6;

    /// <summary>How often it tells Quartz, which hands the alarms of a dead machine to another one.</summary>
    public TimeSpan CheckIn => DeadAfter / 15;

    /// <summary>So late may a machine check in before Quartz takes it for dead.</summary>
    public TimeSpan CheckInMissed => DeadAfter / 5;

    /// <summary>The role that a step needs.</summary>
    public static string RoleOf(RunStep step) => step is RunStep.Train ? Gpu : Cpu;
}
