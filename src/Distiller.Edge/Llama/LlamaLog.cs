using System.Text;
using LLama.Native;

namespace Distiller.Edge.Llama;

/// <summary>
/// Keeps the errors llama.cpp logs, so that what it refuses can be told with its reason; drops everything else.
/// Per thread: llama.cpp logs from the thread that called it.
/// </summary>
internal static class LlamaLog
{
    private const int CharactersMax = 4000;

    [ThreadStatic]
    private static StringBuilder? s_errors;

    [ThreadStatic]
    private static bool s_lastWasError;

    public static void Clear() => s_errors?.Clear();

    /// <summary>The errors since <see cref="Clear"/>, in one line.</summary>
    public static string Errors()
    {
        var text = s_errors?.ToString().Trim().ReplaceLineEndings("; ");
        return string.IsNullOrEmpty(text) ? "no reason given" : text;
    }

    public static void Receive(LLamaLogLevel level, string message)
    {
        if (level != LLamaLogLevel.Continue)
        {
            s_lastWasError = level == LLamaLogLevel.Error;
        }

        s_errors ??= new StringBuilder();
        if (s_lastWasError && s_errors.Length < CharactersMax)
        {
            s_errors.Append(message);
        }
    }
}
