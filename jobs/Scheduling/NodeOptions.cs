using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>What one machine of a scheduler is and does.</summary>
public sealed record NodeOptions
{
    public const string Cpu = "cpu";
    public const string Gpu = "gpu";

    /// <summary>No two machines of a cluster share one; the same after a restart.</summary>
    public required string Name { get; init; }

    [Setting("roles", "What this machine does: cpu (collect, mine, evaluate), gpu (distill), or both")]
    [AllowedValues(Cpu, Gpu, ErrorMessage = "Give cpu, gpu or cpu,gpu.")]
    public IReadOnlyList<string> Roles { get; init; } = [Cpu, Gpu];

    [Setting("gpus", "Trainings at once, each with a GPU for itself, and one where there is none")]
    [Range(1, 64)]
    public int Gpus { get; init; } = 1;

    /// <summary>Other steps at once.</summary>
    [Range(1, 1024)]
    public int CpuSteps { get; init; } = 1;

    /// <summary>How often the machine looks for commands and for what is left undone.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A machine that was silent for so long is taken for gone: Hangfire no longer lists it and hands out again what it had
    /// fetched. Its steps are taken over earlier, see <see cref="SilentMax"/>.
    /// </summary>
    [Setting(
        "dead-after",
        "A machine that was silent for so long is taken for dead; the same on all machines of a cluster"
    )]
    [Range(typeof(TimeSpan), "00:00:03", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often it tells that it lives.</summary>
    public TimeSpan BeatEvery => DeadAfter / 15;

    /// <summary>The step of a machine that was silent for so long is begun again by another one.</summary>
    public TimeSpan SilentMax => BeatEvery * 4;

    /// <summary>So late may a machine tell Quartz that it lives before its alarms are handed to another one.</summary>
    public TimeSpan CheckInMissed => DeadAfter / 5;

    /// <summary>The role that a step needs.</summary>
    public static string RoleOf(RunStep step) => step is RunStep.Train ? Gpu : Cpu;
}

/// <summary>Gives each training a GPU for itself. There are as many workers of the GPU's queue, so one is left.</summary>
internal sealed class GpuSlots(int gpus)
{
    private readonly ConcurrentQueue<int> _free = new(Enumerable.Range(0, gpus));

    /// <returns>Null: there is at most one GPU, and nothing to choose.</returns>
    public int? Take() => gpus > 1 && _free.TryDequeue(out var gpu) ? gpu : null;

    public void Return(int? gpu)
    {
        if (gpu is { } number)
        {
            _free.Enqueue(number);
        }
    }
}
