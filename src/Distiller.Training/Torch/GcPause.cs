using System.Runtime;

namespace Distiller.Training.Torch;

/// <summary>
/// While a pause is open, no garbage is collected. TorchSharp hands a number such as the 0.5 of <c>x.mul(0.5)</c> to
/// libtorch as a native scalar, and nothing holds the scalar's wrapper during the call: a collection at that moment has
/// the finalizer free it while libtorch reads it, which ends in "Unknown scalar type", in a wrong number or in a crash.
/// Every pass through libtorch runs inside one; between two of them a collection does no harm.
/// </summary>
/// <remarks>
/// The pause applies to the whole process: pauses of several threads overlap, and collections resume when the last one
/// ends.
/// </remarks>
public sealed class GcPause : IDisposable
{
    /// <summary>
    /// Managed memory that may be allocated during a pause; a pass of the largest bases allocates a few megabytes of
    /// wrappers.
    /// </summary>
    private const long AllocatedBytesMax = 128L << 20;

    private static readonly Lock Gate = new();
    private static int s_open;
    private static long s_brokenOff;
    private bool _isOver;

    private GcPause() { }

    /// <summary>
    /// Number of pauses that a collection ended early, because more was allocated or other code requested one.
    /// </summary>
    public static long BrokenOff => Interlocked.Read(ref s_brokenOff);

    /// <summary>Begins a pause. Collects first where the heap has no room for <see cref="AllocatedBytesMax"/>.</summary>
    public static GcPause Begin()
    {
        lock (Gate)
        {
            if (s_open++ == 0 && GCSettings.LatencyMode is not GCLatencyMode.NoGCRegion)
            {
                GC.TryStartNoGCRegion(AllocatedBytesMax);
            }
        }

        return new GcPause();
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            if (--s_open > 0)
            {
                return;
            }

            if (GCSettings.LatencyMode is GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }
            else
            {
                s_brokenOff++;
            }
        }
    }
}
