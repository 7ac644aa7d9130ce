using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

/// <summary>Tests that make tensors by themselves do not pass the doors that load libtorch.</summary>
[SetUpFixture]
internal sealed class TorchIsLoaded
{
    [OneTimeSetUp]
    public void Load() => TorchLibrary.Load();
}
