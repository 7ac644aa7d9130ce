global using Distiller.Core;
global using Distiller.Tests.Support;
global using NUnit.Framework;
global using Shouldly;
