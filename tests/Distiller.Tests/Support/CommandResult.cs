using System.Text.Json.Nodes;

namespace Distiller.Tests.Support;

internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as the one JSON document that --json promises.</summary>
    public JsonNode Json =>
        JsonNode.Parse(Output) ?? throw new AssertionException($"no JSON on standard output: {Output}\n{Error}");

    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Error}";
}
