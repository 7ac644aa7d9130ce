using System.Runtime.InteropServices;

namespace Distiller.Training.Torch;

/// <summary>
/// A call into libtorch failed; the message is the first line of the native text, which names no C++ frames.
/// </summary>
public sealed class TorchException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>Runs the work and turns exceptions of libtorch into a <see cref="TorchException"/> of one line.</summary>
    /// <exception cref="TorchException">A call into libtorch failed.</exception>
    public static T Translate<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ExternalException e)
        {
            throw new TorchException($"libtorch: {e.Message.Split('\n')[0].Trim()}", e);
        }
    }
}
