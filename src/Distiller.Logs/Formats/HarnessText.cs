using System.Text.RegularExpressions;

namespace Distiller.Logs.Formats;

/// <summary>
/// Tells from the text alone that a user turn was written by an agent's harness: by the tags that harnesses put around their
/// notices, or by what they say when a person interrupts.
/// </summary>
internal static partial class HarnessText
{
    public static bool Is(string text) =>
        text.Length > 0 && Notices().Match(text) is { Success: true } match && match.Length == text.Length;

    /// <summary>The turn, marked where no person wrote it and its log does not say so.</summary>
    public static Turn Mark(Turn turn) =>
        turn.IsRequest && Is(turn.Text) ? turn with { Origin = TurnOrigin.Harness } : turn;

    public static IReadOnlyList<Turn> Mark(IReadOnlyList<Turn> turns) =>
        turns.Any(t => t.IsRequest && Is(t.Text)) ? [.. turns.Select(Mark)] : turns;

    /// <summary>Any number of notices and nothing else.</summary>
    [GeneratedRegex(
        """
            \A(?:
                \s+
                | <(?<tag>system-reminder|local-command-(?:caveat|stdout|stderr)|command-(?:name|message|args|contents)
                    |bash-(?:input|stdout|stderr)|user-prompt-submit-hook|task-notification|user-memory-input
                    |ide_(?:opened_file|selection|diagnostics)|environment_(?:context|details)|user_instructions
                    |turn_aborted|session-start-hook|post-tool-use-hook|new-diagnostics)\b[^>]{0,200}>
                  (?:(?!</\k<tag>>).)*</\k<tag>>
                | \[Request\ interrupted\ by\ user(?:\ for\ tool\ use)?\]
                | Caveat:\ The\ messages\ below\ were\ generated\ by\ the\ user\ while\ running\ local\ commands[^\n]*
            )+
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Notices();
}
