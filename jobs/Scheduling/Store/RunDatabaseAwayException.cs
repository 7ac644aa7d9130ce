using System.Data.Common;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>The database cannot be reached or opened now; it may pass by itself.</summary>
/// <param name="place">Without a password.</param>
public sealed class RunDatabaseAwayException(string place, Exception inner)
    : DbException($"The database {place} does not answer: {inner.Message}", inner)
{
    public override bool IsTransient => true;
}
