using System.Text;
using Distiller.Core;
using LLama;
using LLama.Exceptions;

namespace Distiller.Edge;

/// <summary>A model's chat template, applied by llama.cpp.</summary>
internal sealed class ChatTemplate(string template, string path)
{
    public string Render(IReadOnlyList<ChatMessage> messages, bool addAssistantPrompt)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var filled = new LLamaTemplate(template) { AddAssistant = addAssistantPrompt };
        foreach (var message in messages)
        {
            if (message.Role is not ("system" or "user" or "assistant"))
            {
                throw new ArgumentException($"The role '{message.Role}' is unknown.", nameof(messages));
            }

            // Texts are handed over as C strings: a NUL would cut one short.
            filled.Add(message.Role, message.Content.Replace('\0', '\uFFFD'));
        }

        try
        {
            return Encoding.UTF8.GetString(filled.Apply());
        }
        catch (MissingTemplateException e)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                "llama.cpp does not know this model's chat template.",
                "Use a model with a common template (ChatML, Llama, Mistral, Gemma, ...).",
                e
            );
        }
    }
}
