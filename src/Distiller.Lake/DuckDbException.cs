namespace Distiller.Lake;

/// <summary>DuckDB refused a statement; the message is its own text.</summary>
public sealed class DuckDbException(string message) : Exception(message);
