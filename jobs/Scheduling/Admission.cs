using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>Whether a run may begin its step.</summary>
/// <param name="Run">As it is now; null: nobody has to do anything about it.</param>
/// <param name="Moved">It may not, and was moved to where it waits.</param>
internal sealed record Admission(Run? Run, bool MayBegin, bool Moved)
{
    public static Admission Refused { get; } = new(null, MayBegin: false, Moved: false);
}
