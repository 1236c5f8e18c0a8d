"""python -m personabench.cli"""

from personabench.cli import main

main()
