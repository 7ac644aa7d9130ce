namespace Distiller.Logs.Reading;

/// <summary>The system refused to open or read a source file. Told apart from a failure to write the workspace.</summary>
internal sealed class UnreadableFileException(Exception inner) : Exception(inner.Message, inner);
