using System.Collections.Concurrent;
using Quartz;

namespace Distiller.Benchmarks;

/// <summary>A job that ends at once, and remembers when it began.</summary>
internal sealed class PlainJob(ConcurrentDictionary<string, DateTimeOffset> began) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        began[context.JobDetail.Key.Name] = TimeProvider.System.GetUtcNow();
        return ValueTask.CompletedTask;
    }
}
