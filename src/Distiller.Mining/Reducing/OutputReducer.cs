using System.Text.RegularExpressions;
using Distiller.Core.Settings;

namespace Distiller.Mining.Reducing;

/// <summary>
/// Reduces one tool output. The reducers run until none of them makes the text shorter, so reducing the result again
/// changes nothing; a step is taken only if it lowers the tokens, so the result is never longer than the input.
/// </summary>
public sealed class OutputReducer
{
    private readonly Func<string, int> _countTokens;
    private readonly ReductionOptions _options;

    /// <param name="countTokens">Tokens of a text in the base's vocabulary.</param>
    public OutputReducer(Func<string, int> countTokens, ReductionOptions? options = null)
    {
        _countTokens = countTokens;
        _options = options ?? new ReductionOptions();
        OptionsCheck.Require(_options);
    }

    /// <param name="tool">The tool's name; empty when unknown.</param>
    /// <param name="command">The shell command, where the call carries one.</param>
    public (string Text, Reduction Reduction) Reduce(string text, string tool = "", string command = "")
    {
        var before = _countTokens(text);
        var current = new Candidate(Reduction.Unchanged, text, before);
        while (Shorter(current, tool, command) is { } shorter)
        {
            // The first reducer that knew the kind of output names the reduction.
            var named = current.Reducer is Reduction.Unchanged or Names.Terminal ? shorter.Reducer : current.Reducer;
            current = shorter with { Reducer = named };
        }

        return (current.Text, new Reduction(current.Reducer, before, current.Tokens));
    }

    private Candidate? Shorter(Candidate current, string tool, string command)
    {
        using var document = JsonReducer.TryParse(current.Text);
        if (document is not null)
        {
            // Other reducers would leave half a document.
            return current.Tokens > _options.TokensUntouchedMax
                ? Accept(current, Names.Json, JsonReducer.Reduce(document, _options))
                : null;
        }

        var clean = TerminalText.Clean(current.Text);
        if (current.Tokens > _options.TokensUntouchedMax)
        {
            foreach (var (name, text) in Reduced(new ToolOutput(clean, tool, command)))
            {
                if (text is not null && text != clean && Accept(current, name, text) is { } accepted)
                {
                    return accepted;
                }
            }
        }

        return Accept(current, Names.Terminal, clean);
    }

    private IEnumerable<(string Name, string? Text)> Reduced(ToolOutput output)
    {
        yield return (Names.Json, JsonReducer.ReduceLines(output, _options));
        if (HeadTailReducer.IsNumberedFile(output))
        {
            yield return (Names.File, HeadTailReducer.ReduceFile(output, _options));
            yield break;
        }

        yield return (Names.Tests, TestRunReducer.Reduce(output));
        yield return (Names.Git, GitReducer.Reduce(output, _options));
        yield return (Names.Install, InstallReducer.Reduce(output));
        yield return (Names.Listing, ListingReducer.Reduce(output, _options));
        yield return (Names.HeadTail, HeadTailReducer.Reduce(output, _options, keepErrors: true));
    }

    private Candidate? Accept(Candidate current, string name, string text)
    {
        if (text.Length >= current.Text.Length)
        {
            return null;
        }

        var tokens = _countTokens(text);
        return tokens <= current.Tokens ? new Candidate(name, text, tokens) : null;
    }

    private static class Names
    {
        public const string Terminal = "terminal";
        public const string Json = "json";
        public const string Tests = "tests";
        public const string Git = "git";
        public const string Install = "install";
        public const string Listing = "listing";
        public const string File = "file";
        public const string HeadTail = "head-tail";
    }

    private sealed record Candidate(string Reducer, string Text, int Tokens);
}

/// <summary>An observation with what is known of the call behind it.</summary>
/// <param name="Tool">The tool's name; empty when unknown.</param>
/// <param name="Command">The shell command, where the call carries one; else empty.</param>
internal sealed record ToolOutput(string Text, string Tool, string Command)
{
    public string[] Lines { get; } = Text.Split('\n');
}

/// <summary>For everything else: head and tail, the error lines between, and long lines shortened.</summary>
internal static class HeadTailReducer
{
    private static readonly Regex NumberedLine = new(
        @"^\s*\d+(?:→|\t|\| )",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
    );

    /// <summary>A file shown with line numbers: the word "error" in its lines is source, not a failure.</summary>
    public static bool IsNumberedFile(ToolOutput output) =>
        output.Lines.Count(l => NumberedLine.IsMatch(l)) * 10 >= output.Lines.Length * 7;

    public static string Reduce(ToolOutput output, ReductionOptions options, bool keepErrors)
    {
        var lines = output.Lines.Select(l => LeftOut.Characters(l, options.LineCharsMax)).ToList();
        return LeftOut.Middle(lines, options, keepErrors);
    }

    /// <summary>A file with line numbers, without the notes that a harness adds to every reading of one.</summary>
    public static string ReduceFile(ToolOutput output, ReductionOptions options)
    {
        var at = Array.FindIndex(output.Lines, l => l == "<system-reminder>");
        var end = Array.FindLastIndex(output.Lines, l => l == "</system-reminder>");
        var text =
            at > 0 && end > at ? string.Join('\n', [.. output.Lines[..at], .. output.Lines[(end + 1)..]]) : output.Text;
        return Reduce(new ToolOutput(text.TrimEnd('\n'), output.Tool, output.Command), options, keepErrors: false);
    }
}
