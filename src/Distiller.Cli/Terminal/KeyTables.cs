using Distiller.Cli.Commands;
using Distiller.Core;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How keys look to people.</summary>
internal static class KeyTables
{
    public static void Keys(IAnsiConsole console, ShownKeys keys)
    {
        console.MarkupLineInterpolated($"key [bold]{keys.Id}[/] (Ed25519)");
        console.WriteLine($"public  {keys.PublicKey}");
        console.WriteLine(UntrustedText.VisibleLines($"private {keys.File}"));
        foreach (var rotation in keys.Rotations)
        {
            console.WriteLine(
                $"  {rotation.At:u} {rotation.From} was replaced by {rotation.To}, after release no. {rotation.LastSequence}"
            );
        }
    }
}
