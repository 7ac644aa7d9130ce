using System.Text.Json;

namespace Distiller.Lake;

/// <summary>What a draft is to become, written beside its folder: so that its inputs are not taken from under it.</summary>
internal sealed record WorkNote(string Kind, string Key, IReadOnlyList<string> Inputs)
{
    public const string Suffix = ".json";

    public static string FolderOf(string note) => note[..^Suffix.Length];

    /// <returns>Null: there is none that can be read.</returns>
    public static WorkNote? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<WorkNote>(File.ReadAllBytes(path), EpisodeJson.Options);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
