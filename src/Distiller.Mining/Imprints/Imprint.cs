using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Distiller.Mining.Cards;

namespace Distiller.Mining.Imprints;

/// <summary>
/// The leanest pack of what past tasks teach: of all cards those that are worth most per token, within a budget. It stands in a
/// prompt where there is no adapter, and each line names the card that it comes from.
/// </summary>
/// <param name="Tokens">Of the text that <see cref="Lines"/> make.</param>
public sealed record Imprint(IReadOnlyList<Card> Cards, int Tokens)
{
    /// <summary>The first 12 hex digits of a SHA-256 over its lines.</summary>
    public string Version =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Lines()))))[..12];

    /// <summary>
    /// Those that a person accepted come first, then each card by the tokens that it would have saved in the tasks it rests on, by
    /// the share of them that succeeded with it. What was rejected, and what was replaced since, is left out.
    /// </summary>
    /// <param name="countTokens">Tokens of a text for the model whose prompt it is for.</param>
    /// <param name="budget">Tokens, 1 or more.</param>
    /// <param name="reviews">By card, see <see cref="ImprintBook.Current"/>.</param>
    public static Imprint Of(
        IReadOnlyList<Card> cards,
        Func<string, int> countTokens,
        int budget,
        IReadOnlyDictionary<string, CardReview>? reviews = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budget);
        var taken = new List<Card>();
        var tokens = 0;
        var byValue = cards
            .Where(c => DecisionOn(c) != CardDecision.Rejected && (c.ReplacedBy is null || IsAccepted(c)))
            .Select(c => reviews?.GetValueOrDefault(c.Id)?.Text is { } text ? c with { Text = text } : c)
            .Select(c => (Card: c, Tokens: countTokens(Line(c))))
            .OrderByDescending(c => IsAccepted(c.Card))
            .ThenByDescending(c => Value(c.Card) / Math.Max(1, c.Tokens))
            .ThenBy(c => c.Card.Id, StringComparer.Ordinal);
        foreach (var (card, cost) in byValue)
        {
            if (tokens + cost <= budget)
            {
                taken.Add(card);
                tokens += cost;
            }
        }

        return new Imprint(
            [
                .. taken
                    .OrderBy(c => c.Project, StringComparer.Ordinal)
                    .ThenBy(c => c.Kind)
                    .ThenByDescending(c => c.Tasks)
                    .ThenBy(c => c.Id, StringComparer.Ordinal),
            ],
            tokens
        );

        CardDecision DecisionOn(Card card) => reviews?.GetValueOrDefault(card.Id)?.Decision ?? CardDecision.None;
        bool IsAccepted(Card card) => DecisionOn(card) == CardDecision.Accepted;
    }

    /// <summary>A line for each card, as Markdown.</summary>
    public IEnumerable<string> Lines() => Cards.Select(Line);

    /// <summary>As a section of an <c>AGENTS.md</c> or <c>CLAUDE.md</c>.</summary>
    public string ToSection()
    {
        var text = new StringBuilder("## What past sessions teach about this project\n\n");
        text.Append(CultureInfo.InvariantCulture, $"<!-- distiller imprint {Version}, {Tokens} tokens -->\n");
        foreach (var project in Cards.GroupBy(c => c.Project, StringComparer.Ordinal))
        {
            text.Append(
                project.Key.Length > 0
                    ? string.Create(CultureInfo.InvariantCulture, $"\nIn `{project.Key}`:\n\n")
                    : "\n"
            );
            foreach (var card in project)
            {
                text.Append(Line(card)).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>As a model reads it in a prompt: without the marks of where each line comes from.</summary>
    public string ToPrompt() => string.Join('\n', Cards.Select(c => $"- {c.Text}"));

    /// <summary>As a skill: a Markdown file whose head tells when an agent should read it.</summary>
    public string ToSkill() =>
        $"""
            ---
            name: project-memory
            description: How this project is built, tested and checked, and which files a kind of request needs. Read it before the first command.
            ---

            {ToSection()}
            """;

    /// <summary>One token more than what was seen to be saved, so that cards which save nothing yet stand by their tasks.</summary>
    private static double Value(Card card) => card.Tasks * (card.SuccessWith ?? 0.5) * (1 + card.TokensSaved);

    private static string Line(Card card) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"- {card.Text} <!-- card {card.Id}: {card.Tasks} tasks, {card.Sessions} sessions -->"
        );
}
