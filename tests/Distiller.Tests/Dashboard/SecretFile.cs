namespace Distiller.Tests.Dashboard;

/// <summary>A file that is its owner's alone, whatever the umask.</summary>
internal static class SecretFile
{
    public static void Write(string path, string text)
    {
        File.WriteAllText(path, "");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.WriteAllText(path, text);
    }
}
