namespace Distiller.Core;

/// <summary>One run of an agent on somebody's machine.</summary>
/// <param name="Name">The agent's own id of it; unique within a log format.</param>
public sealed record Session(string Name)
{
    /// <summary>For a sub-agent: the <see cref="Name"/> of the session that started it.</summary>
    public string? Parent { get; init; }

    /// <summary>The folder it worked in, as the log tells it.</summary>
    public string? Project { get; init; }

    /// <summary>The address of the project's repository, where the log tells it.</summary>
    public string? Repository { get; init; }

    public string? Branch { get; init; }
}
