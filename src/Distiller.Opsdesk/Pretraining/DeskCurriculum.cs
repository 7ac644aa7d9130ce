using Distiller.Pretraining;
using Distiller.Pretraining.Tokenizing;

namespace Distiller.Opsdesk.Pretraining;

/// <summary>The sample company's curriculum in the tokens of a vocabulary.</summary>
public sealed class DeskCurriculum(Curriculum curriculum, BpeVocabulary vocabulary) : ICurriculum
{
    private readonly BpeTokenizer _tokenizer = new(vocabulary);

    public int RungCount => curriculum.Rungs.Count;

    public string RungName(int rung) => curriculum.Rungs[rung].Name;

    public PretrainingRow Draw(int rung, long seed)
    {
        var tokens = new List<int>();
        var isLearnt = new List<bool>();
        var answers = new List<int>();
        foreach (var segment in curriculum.Draw(rung, seed, text => Encode(text).Length))
        {
            var ids = Encode(segment.Text);
            tokens.AddRange(ids);
            isLearnt.AddRange(Enumerable.Repeat(segment.IsLearnt, ids.Length));
            answers.AddRange(Enumerable.Repeat(segment.Answer, ids.Length));
        }

        return new PretrainingRow([.. tokens], [.. isLearnt], [.. answers]);
    }

    private int[] Encode(string text) => _tokenizer.Encode(text, parseSpecial: true);
}

/// <summary>ChatML, as the chat template of the shipped base renders messages.</summary>
internal static class ChatMarkup
{
    public const string Start = "<|im_start|>";
    public const string End = "<|im_end|>";

    /// <summary>The markup before a message's content; after that of an assistant the model writes.</summary>
    public static string Header(string role) => $"{Start}{role}\n";

    public static string Write(ChatMessage message) => $"{Header(message.Role)}{message.Content}{End}\n";
}
