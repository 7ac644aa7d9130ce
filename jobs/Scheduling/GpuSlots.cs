using System.Collections.Concurrent;

namespace Distiller.Jobs.Scheduling;

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
