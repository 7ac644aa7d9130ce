using System.Runtime.InteropServices;

namespace Distiller.Training.Torch;

/// <summary>A call into libtorch failed; the message is the first line of the native text, which names no C++ frames.</summary>
public sealed class TorchException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>Does the work; what libtorch throws meanwhile is told in one line.</summary>
    /// <exception cref="TorchException">A call into libtorch failed.</exception>
    public static T Told<T>(Func<T> work)
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
