using System.Reflection;

namespace Distiller.Jobs;

/// <summary>The version of this program, as results carry it.</summary>
public static class ToolVersion
{
    /// <summary>With the revision of the code, where it was built from a repository: <c>0.1.0+</c> and 40 hex digits.</summary>
    public static string Current { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    /// <summary>Without the revision.</summary>
    public static string Number { get; } = Current.Split('+')[0];
}
