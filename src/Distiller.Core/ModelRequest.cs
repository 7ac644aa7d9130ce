namespace Distiller.Core;

/// <summary>One billed request to a model. However many log lines it was written as, it is counted once.</summary>
/// <param name="Id">The provider's message or request id where the log has one, else unique within the episode.</param>
public sealed record ModelRequest(string Id, Usage Usage, string? Model = null);
