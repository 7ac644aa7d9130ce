using System.Runtime.InteropServices;
using System.Text;
using Distiller.Core;
using Distiller.Edge.Native;

namespace Distiller.Edge;

/// <summary>A model's chat template, applied by llama.cpp.</summary>
internal sealed unsafe class ChatTemplate
{
    private readonly byte[] _template;
    private readonly string _path;

    private ChatTemplate(byte[] template, string path)
    {
        _template = template;
        _path = path;
    }

    public static ChatTemplate? Read(ModelHandle model, string path)
    {
        using var alive = new HandleReference(model);
        var text = LlamaApi.llama_model_chat_template(model, null);
        return text is null
            ? null
            : new ChatTemplate([.. MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text), 0], path);
    }

    public string Render(IReadOnlyList<ChatMessage> messages, bool addAssistantPrompt)
    {
        ArgumentNullException.ThrowIfNull(messages);
        // One block of NUL-terminated strings; a NUL inside a text would cut it short.
        using var texts = new MemoryStream();
        var starts = new int[messages.Count * 2];
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Role is not ("system" or "user" or "assistant"))
            {
                throw new ArgumentException($"The role '{messages[i].Role}' is unknown.", nameof(messages));
            }

            starts[2 * i] = Append(texts, messages[i].Role);
            starts[(2 * i) + 1] = Append(texts, messages[i].Content);
        }

        // Headers take a few dozen bytes a message.
        var buffer = new byte[texts.Length + (messages.Count * 128) + 1024];
        var count = Apply(texts.ToArray(), starts, addAssistantPrompt, buffer);
        if (count > buffer.Length)
        {
            buffer = new byte[count];
            count = Apply(texts.ToArray(), starts, addAssistantPrompt, buffer);
        }

        return count >= 0
            ? Encoding.UTF8.GetString(buffer, 0, count)
            : throw new BadInputException(
                new SourceLocation(_path, 0),
                "llama.cpp does not know this model's chat template.",
                "Use a model with a common template (ChatML, Llama, Mistral, Gemma, ...)."
            );
    }

    private int Apply(byte[] texts, int[] starts, bool addAssistantPrompt, byte[] buffer)
    {
        var messages = new LlamaChatMessage[starts.Length / 2];
        fixed (byte* text = texts)
        fixed (byte* template = _template)
        fixed (byte* to = buffer)
        fixed (LlamaChatMessage* first = messages)
        {
            for (var i = 0; i < messages.Length; i++)
            {
                messages[i] = new LlamaChatMessage
                {
                    Role = text + starts[2 * i],
                    Content = text + starts[(2 * i) + 1],
                };
            }

            return LlamaApi.llama_chat_apply_template(
                template,
                first,
                (nuint)messages.Length,
                addAssistantPrompt ? (byte)1 : (byte)0,
                to,
                buffer.Length
            );
        }
    }

    private static int Append(MemoryStream texts, string text)
    {
        var start = (int)texts.Position;
        texts.Write(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')));
        texts.WriteByte(0);
        return start;
    }
}
