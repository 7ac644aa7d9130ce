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
    private static long s_allocatedAtBegin;
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
                Start();
            }
        }

        return new GcPause();
    }

    /// <summary>
    /// Lets what was allocated be collected where half of the room is used up, and goes on with all of it: for work of many steps that is
    /// between two calls of libtorch. While another thread has a pause of its own nothing happens, since that one may be in a call.
    /// </summary>
    public static void Renew()
    {
        lock (Gate)
        {
            if (
                s_open == 1
                && GCSettings.LatencyMode is GCLatencyMode.NoGCRegion
                && GC.GetTotalAllocatedBytes() - s_allocatedAtBegin > AllocatedBytesMax / 2
            )
            {
                GC.EndNoGCRegion();
                Start();
            }
        }
    }

    private static void Start()
    {
        s_allocatedAtBegin = GC.GetTotalAllocatedBytes();
        GC.TryStartNoGCRegion(AllocatedBytesMax);
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
