using System.CommandLine;
using System.CommandLine.Parsing;

namespace Distiller.Terminal;

/// <summary>
/// Options that a command does not have. The parser takes such a word for a value wherever one may stand, so that a
/// mistyped <c>--from</c> would be a path.
/// </summary>
internal static class UnknownOptions
{
    /// <returns>The words, as they were written. What follows a lone <c>--</c> is always a value.</returns>
    public static IReadOnlyList<string> Find(ParseResult parsed)
    {
        var literal = parsed
            .Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash)
            .ToHashSet(ReferenceEqualityComparer.Instance);
        return
        [
            .. Results(parsed.RootCommandResult)
                .SelectMany(Suspects)
                .Where(t => !literal.Contains(t))
                .Select(t => t.Value),
        ];
    }

    private static IEnumerable<SymbolResult> Results(CommandResult command) =>
        command.Children.SelectMany(c => c is CommandResult inner ? Results(inner) : [c]);

    private static IEnumerable<Token> Suspects(SymbolResult result) =>
        result switch
        {
            ArgumentResult argument => argument.Tokens.Where(t => StartsLikeOption(t.Value)),
            OptionResult { Option.AllowMultipleArgumentsPerToken: true } option => option.Tokens.Where(t =>
                StartsLikeOption(t.Value)
            ),
            // A single value may be a negative number, or a text that begins with a dash.
            OptionResult option => option.Tokens.Where(t => StartsLikeLongOption(t.Value)),
            _ => [],
        };

    private static bool StartsLikeOption(string word) => word.Length > 1 && word[0] == '-';

    private static bool StartsLikeLongOption(string word) =>
        word.Length > 2 && word.StartsWith("--", StringComparison.Ordinal) && char.IsAsciiLetter(word[2]);
}
