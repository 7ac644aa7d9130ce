using Distiller.Gguf;

namespace Distiller.Edge;

/// <summary>
/// Looks at an adapter before llama.cpp does: that it is a LoRA adapter, that each pair of factors has its base tensor
/// and fits it, and that it touches nothing llama.cpp would abort on.
/// </summary>
internal static class AdapterFileCheck
{
    private const string A = ".lora_a";
    private const string B = ".lora_b";
    private const int RankMax = 4096;

    /// <summary>The opened file, to be disposed by the caller.</summary>
    public static GgufFile Verify(string path, GgufFile baseFile)
    {
        var file = GgufFile.Open(path);
        try
        {
            VerifyKind(file, baseFile);
            VerifyPairs(file, baseFile);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Of the first pair: what <c>alpha / rank</c> refers to.</summary>
    public static int Rank(GgufFile file) =>
        (int)file.Tensors.First(t => t.Name.EndsWith(B, StringComparison.Ordinal)).RowElements;

    private static void VerifyKind(GgufFile file, GgufFile baseFile)
    {
        var meta = file.Metadata;
        Require(
            file,
            meta.GetString("general.type", "") == "adapter" && meta.GetString("adapter.type", "") == "lora",
            "This is no LoRA adapter.",
            "Name the adapter's GGUF file here."
        );
        Require(
            file,
            file.Architecture == baseFile.Architecture,
            $"The adapter is for '{file.Architecture}', the base model is '{baseFile.Architecture}'.",
            "Use the adapter with the base model it was made for."
        );
        Require(
            file,
            float.IsFinite(meta.GetFloat32("adapter.lora.alpha")),
            "'adapter.lora.alpha' is not a number.",
            "The file is damaged: fetch it again."
        );
        Require(
            file,
            !meta.Contains("adapter.alora.invocation_tokens"),
            "The adapter waits for invocation tokens (aLoRA), which is not supported.",
            "Use a plain LoRA adapter."
        );
    }

    private static void VerifyPairs(GgufFile file, GgufFile baseFile)
    {
        Require(file, file.Tensors.Count > 0, "The adapter has no tensors.", "The file is damaged: fetch it again.");
        foreach (var tensor in file.Tensors)
        {
            var isA = tensor.Name.EndsWith(A, StringComparison.Ordinal);
            var name = isA || tensor.Name.EndsWith(B, StringComparison.Ordinal) ? tensor.Name[..^A.Length] : "";
            Require(
                file,
                name.Length > 0 && baseFile.FindTensor(name) is not null,
                $"'{tensor.Name}' changes nothing the base model has.",
                "Use the adapter with the base model it was made for."
            );
            var weight = baseFile.GetTensor(name);
            // The embedding is looked up, not multiplied by; llama.cpp takes a pair for it the other way round or aborts.
            Require(
                file,
                weight.Shape.Count == 2 && name != "token_embd.weight",
                $"The adapter changes '{name}', which is not supported.",
                "Train adapters on the attention and feed-forward matrices."
            );
            Require(
                file,
                file.FindTensor(name + (isA ? B : A)) is not null,
                $"'{tensor.Name}' stands without its partner.",
                "The file is damaged: fetch it again."
            );
            if (isA)
            {
                VerifyShapes(file, tensor, file.GetTensor(name + B), weight);
            }
        }
    }

    /// <summary>A[r, in], B[out, r] for W[out, in]; ggml writes the innermost dimension first.</summary>
    private static void VerifyShapes(GgufFile file, GgufTensor a, GgufTensor b, GgufTensor weight)
    {
        var rank = b.RowElements;
        Require(
            file,
            rank <= RankMax && a.HasShape(weight.Shape[0], rank) && b.HasShape(rank, weight.Shape[1]),
            $"'{a.Name}' [{string.Join(", ", a.Shape)}] and '{b.Name}' [{string.Join(", ", b.Shape)}] do not fit "
                + $"'{weight.Name}' [{string.Join(", ", weight.Shape)}].",
            "Use the adapter with the base model it was made for."
        );
        foreach (var factor in new[] { a, b })
        {
            Require(
                file,
                TensorTypeCheck.CanMultiply(factor.Type),
                $"'{factor.Name}' is stored as {factor.Type}.",
                "Write the adapter as F32, F16, Q8_0 or Q4_0."
            );
        }
    }

    private static void Require(GgufFile file, bool holds, string reason, string remedy) =>
        BaseModelCheck.Require(file, holds, reason, remedy);
}
