namespace Distiller.Opsdesk.Pretraining;

/// <summary>ChatML, as the chat template of the shipped base renders messages.</summary>
internal static class ChatMarkup
{
    public const string Start = "<|im_start|>";
    public const string End = "<|im_end|>";

    /// <summary>What stands before a message's content; after an assistant's the model writes.</summary>
    public static string Header(string role) => $"{Start}{role}\n";

    public static string Write(ChatMessage message) => $"{Header(message.Role)}{message.Content}{End}\n";
}
