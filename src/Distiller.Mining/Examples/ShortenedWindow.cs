namespace Distiller.Mining.Examples;

/// <summary>
/// A window for one target that does not fit together with what it answers: an observation loses its head first, a request its
/// end; if what is left is still too much, the target loses its end. A target's beginning is kept because it is what follows from the observation.
/// </summary>
internal static class ShortenedWindow
{
    private const string ResponseOpen = "<tool_response>\n";
    private const string HeadMarker = "[beginning left out]\n";
    private const string TailMarker = "\n[end left out]";

    private const int CharsPerTokenMax = 16;

    /// <summary>Characters of an observation that stay when the target itself is too long.</summary>
    private const int ObservationCharsMin = 160;

    /// <param name="messages">The system line if there is one, the observation if there is one, the target.</param>
    /// <param name="kept">What stays of the observation.</param>
    /// <param name="tokensMax">Tokens of a window.</param>
    /// <param name="tokenize">The base's chat template and vocabulary.</param>
    /// <returns>Null if no token of the target fits.</returns>
    public static Window? Cut(
        List<ChatMessage> messages,
        KeptText kept,
        int tokensMax,
        Func<IReadOnlyList<ChatMessage>, (int[] Tokens, bool[] AssistantMask)> tokenize
    )
    {
        var observation =
            messages.Count > 1 && messages[^2].Role == "user" ? messages[^2].Content[kept.Before.Length..] : "";
        if (observation.Length == 0)
        {
            return Truncated(tokenize(messages), tokensMax, isShortened: false);
        }

        var least = Math.Min(observation.Length, ObservationCharsMin);
        if (tokenize(With(messages, kept, observation, least)).Tokens.Length > tokensMax)
        {
            return Truncated(tokenize(With(messages, kept, observation, least)), tokensMax, least < observation.Length);
        }

        // The most of the observation's end that fits, by bisection; far more characters than tokens never fit.
        var (low, high) = (least, Math.Min(observation.Length, tokensMax * CharsPerTokenMax));
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (tokenize(With(messages, kept, observation, middle)).Tokens.Length <= tokensMax)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        var (tokens, spoken) = tokenize(With(messages, kept, observation, low));
        return new Window(
            tokens,
            AssistantRuns.Where([true], spoken),
            Targets: 1,
            IsTruncated: false,
            IsShortened: true
        );
    }

    private static List<ChatMessage> With(List<ChatMessage> messages, KeptText kept, string observation, int chars)
    {
        if (chars >= observation.Length)
        {
            return messages;
        }

        var shortened = new List<ChatMessage>(messages);
        shortened[^2] = shortened[^2] with
        {
            Content = kept.Before + (kept.KeepsHead ? Head(observation, chars) : Tail(observation, chars)),
        };
        return shortened;
    }

    private static string Head(string text, int chars) =>
        text[..(char.IsHighSurrogate(text[chars - 1]) ? chars - 1 : chars)] + TailMarker;

    private static string Tail(string text, int chars)
    {
        var tail = text[^chars..];
        var open = text.StartsWith(ResponseOpen, StringComparison.Ordinal) ? ResponseOpen : "";
        return open + HeadMarker + (char.IsLowSurrogate(tail[0]) ? tail[1..] : tail);
    }

    private static Window? Truncated((int[] Tokens, bool[] AssistantMask) chat, int tokensMax, bool isShortened)
    {
        var (tokens, spoken) = chat;
        var loss = AssistantRuns.Where([true], spoken)[..Math.Min(tokensMax, tokens.Length)];
        return Array.Exists(loss, l => l)
            ? new Window(tokens[..loss.Length], loss, Targets: 1, tokens.Length > tokensMax, isShortened)
            : null;
    }
}
