namespace Distiller.Training.Torch;

/// <summary>A call into libtorch failed; the message is the native text.</summary>
public sealed class TorchException(string message) : Exception(message);
