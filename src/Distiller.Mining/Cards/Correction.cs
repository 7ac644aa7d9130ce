using System.Globalization;
using Distiller.Mining.Deduplicating;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Patterns;

namespace Distiller.Mining.Cards;

/// <summary>A user's message that corrects what the agent did.</summary>
/// <param name="Tokens">Of what the agent had written since the message before.</param>
public sealed record Correction(string Text, int Tokens)
{
    private const char Separator = '\u001f';
    private const int CorrectionsMax = 8;
    private const int CharsMax = 240;

    /// <summary>One text, as the digest keeps it.</summary>
    public string Write() => string.Create(CultureInfo.InvariantCulture, $"{Tokens}{Separator}{Text}");

    public static Correction Read(string text)
    {
        var parts = text.Split(Separator, 2);
        return new Correction(parts[1], int.Parse(parts[0], CultureInfo.InvariantCulture));
    }

    /// <summary>Words by which two corrections can be told to say the same.</summary>
    public IReadOnlySet<string> Words() =>
        UserWords.Of(Text, mask: true).Where(StopWords.Tells).ToHashSet(StringComparer.Ordinal);

    /// <param name="countTokens">Tokens of a text in the base's vocabulary.</param>
    public static IReadOnlyList<Correction> Of(Episode task, OutcomeRules rules, Func<string, int> countTokens)
    {
        var found = new List<Correction>();
        var tokens = 0;
        var isFirst = true;
        foreach (var turn in task.Turns)
        {
            if (turn.Role == TurnRole.Assistant)
            {
                tokens += countTokens(Conversation.ToMessage(turn).Content);
            }
            else if (turn.IsRequest)
            {
                var text = string.Join(' ', turn.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                if (!isFirst && text.Length <= CharsMax && rules.PhraseOf(text) == PhraseKind.Corrects)
                {
                    found.Add(new Correction(text, tokens));
                }

                (isFirst, tokens) = (false, 0);
            }
        }

        return found.Count <= CorrectionsMax ? found : found[..CorrectionsMax];
    }
}
