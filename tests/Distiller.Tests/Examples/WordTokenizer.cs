namespace Distiller.Tests.Examples;

/// <summary>
/// A tokenizer whose tokens are words, numbered as they come, with a chat template of one token before and after each
/// message. Simple enough to read windows back.
/// </summary>
internal sealed class WordTokenizer
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _words = [];

    public (int[] Tokens, bool[] AssistantMask) Chat(IReadOnlyList<ChatMessage> messages)
    {
        var tokens = new List<int>();
        var spoken = new List<bool>();
        foreach (var message in messages)
        {
            var isAssistant = message.Role == "assistant";
            tokens.Add(Number($"<{message.Role}>"));
            spoken.Add(false);
            foreach (var word in Words(message.Content).Append("<end>"))
            {
                tokens.Add(Number(word));
                spoken.Add(isAssistant);
            }
        }

        return ([.. tokens], [.. spoken]);
    }

    public string Text(IEnumerable<int> tokens) => string.Join(' ', tokens.Select(t => _words[t]));

    public static string[] Words(string text) => text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private int Number(string word)
    {
        if (!_numbers.TryGetValue(word, out var number))
        {
            number = _numbers[word] = _words.Count;
            _words.Add(word);
        }

        return number;
    }
}
