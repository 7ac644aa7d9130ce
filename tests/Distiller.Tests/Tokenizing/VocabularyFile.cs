using Distiller.Edge;
using Distiller.Gguf;
using Distiller.Pretraining.Tokenizing;

namespace Distiller.Tests.Tokenizing;

/// <summary>A vocabulary in a GGUF file without weights, as llama.cpp loads it.</summary>
internal static class VocabularyFile
{
    public static string Write(string path, BpeVocabulary vocabulary)
    {
        var writer = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("general.type", "model")
            .Add("llama.context_length", 1024u);
        GgufVocabulary.Add(writer, vocabulary, GgufVocabulary.ChatMl).Write(path);
        return path;
    }

    public static EdgeModel Load(TemporaryFolder folder, BpeVocabulary vocabulary) =>
        Load(Write(folder["vocabulary.gguf"], vocabulary));

    public static EdgeModel Load(string path) => EdgeModel.Load(path, new EdgeModelOptions { VocabularyOnly = true });
}
