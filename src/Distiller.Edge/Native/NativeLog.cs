using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Distiller.Edge.Native;

/// <summary>
/// Keeps the errors llama.cpp logs, so that a NULL it returns can be told with its reason; drops everything else.
/// Per thread: llama.cpp logs from the thread that called it.
/// </summary>
internal static unsafe class NativeLog
{
    private const int ErrorLevel = 4;
    private const int ContinuedLevel = 5;
    private const int CharactersMax = 4000;

    [ThreadStatic]
    private static StringBuilder? s_errors;

    [ThreadStatic]
    private static bool s_lastWasError;

    public static void Install() => LlamaApi.llama_log_set(&Receive, null);

    public static void Clear() => s_errors?.Clear();

    /// <summary>The errors since <see cref="Clear"/>, in one line.</summary>
    public static string Errors()
    {
        var text = s_errors?.ToString().Trim().ReplaceLineEndings("; ");
        return string.IsNullOrEmpty(text) ? "no reason given" : text;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Receive(int level, byte* text, void* data)
    {
        if (level != ContinuedLevel)
        {
            s_lastWasError = level == ErrorLevel;
        }

        s_errors ??= new StringBuilder();
        if (s_lastWasError && s_errors.Length < CharactersMax)
        {
            s_errors.Append(Marshal.PtrToStringUTF8((nint)text));
        }
    }
}
