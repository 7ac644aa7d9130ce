using System.Runtime.CompilerServices;

namespace Distiller.Training.Torch;

/// <summary>The CPU, or one CUDA device. Asking for one loads libtorch.</summary>
public static class Devices
{
    extension(Device device)
    {
        public static Device Cpu => Loaded("cpu");

        public bool IsCuda => device.type == DeviceType.CUDA;

        /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
        /// <exception cref="BadInputException">It is none of these, or libtorch cannot be loaded.</exception>
        public static Device Parse(string text) =>
            text is "cpu" or "cuda"
            || (text.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(text.AsSpan(5), out var n) && n is >= 0 and < 128)
                ? Loaded(text)
                : throw new BadInputException(
                    new SourceLocation("--device", 0),
                    $"'{text}' is not a device.",
                    "Say cpu, cuda or cuda:N."
                );
    }

    private static Device Loaded(string text)
    {
        TorchLibrary.Load();
        return Of(text);
    }

    // By itself, so that no static constructor of TorchSharp runs before the library is there.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Device Of(string text) => torch.device(text);
}
