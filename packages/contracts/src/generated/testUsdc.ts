// Generated from solidity/TestUsdc.sol by packages/contracts/generate.ts. Do not edit.

/** ABI of TestUsdc. */
export const testUsdcAbi = [
  {
    "type": "constructor",
    "inputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "DOMAIN_SEPARATOR",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "allowance",
    "inputs": [
      {
        "name": "owner",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "spender",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "approve",
    "inputs": [
      {
        "name": "spender",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bool",
        "internalType": "bool"
      }
    ],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "balanceOf",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "blacklist",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "decimals",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint8",
        "internalType": "uint8"
      }
    ],
    "stateMutability": "pure"
  },
  {
    "type": "function",
    "name": "eip712Domain",
    "inputs": [],
    "outputs": [
      {
        "name": "fields",
        "type": "bytes1",
        "internalType": "bytes1"
      },
      {
        "name": "name",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "version",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "chainId",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "verifyingContract",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "extensions",
        "type": "uint256[]",
        "internalType": "uint256[]"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "isBlacklisted",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bool",
        "internalType": "bool"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "mint",
    "inputs": [
      {
        "name": "to",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "minter",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "name",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "string",
        "internalType": "string"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "nonces",
    "inputs": [
      {
        "name": "owner",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "permit",
    "inputs": [
      {
        "name": "owner",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "spender",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "deadline",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "v",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "r",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "s",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "symbol",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "string",
        "internalType": "string"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "totalSupply",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "transfer",
    "inputs": [
      {
        "name": "to",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bool",
        "internalType": "bool"
      }
    ],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "transferFrom",
    "inputs": [
      {
        "name": "from",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "to",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bool",
        "internalType": "bool"
      }
    ],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "unBlacklist",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "version",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "string",
        "internalType": "string"
      }
    ],
    "stateMutability": "pure"
  },
  {
    "type": "event",
    "name": "Approval",
    "inputs": [
      {
        "name": "owner",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "spender",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "value",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Blacklisted",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "EIP712DomainChanged",
    "inputs": [],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Transfer",
    "inputs": [
      {
        "name": "from",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "to",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "value",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "UnBlacklisted",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      }
    ],
    "anonymous": false
  },
  {
    "type": "error",
    "name": "ERC20InsufficientAllowance",
    "inputs": [
      {
        "name": "spender",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "allowance",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "ERC20InsufficientBalance",
    "inputs": [
      {
        "name": "sender",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "balance",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "needed",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "ERC20InvalidApprover",
    "inputs": [
      {
        "name": "approver",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "ERC20InvalidReceiver",
    "inputs": [
      {
        "name": "receiver",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "ERC20InvalidSender",
    "inputs": [
      {
        "name": "sender",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "ERC20InvalidSpender",
    "inputs": [
      {
        "name": "spender",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "InvalidAccountNonce",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "currentNonce",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "InvalidShortString",
    "inputs": []
  },
  {
    "type": "error",
    "name": "StringTooLong",
    "inputs": [
      {
        "name": "str",
        "type": "string",
        "internalType": "string"
      }
    ]
  },
  {
    "type": "error",
    "name": "TestUsdc_Blacklisted",
    "inputs": [
      {
        "name": "account",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "TestUsdc_NotMinter",
    "inputs": [
      {
        "name": "sender",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "minter",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "TestUsdc_PermitExpired",
    "inputs": [
      {
        "name": "deadline",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "TestUsdc_PermitWrongSigner",
    "inputs": [
      {
        "name": "recovered",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "owner",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "TestUsdc_RealMoneyChain",
    "inputs": [
      {
        "name": "chainId",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  }
] as const

/** Creation bytecode of TestUsdc, without constructor arguments. */
export const testUsdcBytecode = '0x610180604052348015610010575f5ffd5b506040805180820182526012808252714f626c6976696f6e2074657374205553444360701b60208084018290528451808601865260018152601960f91b81830152855180870187529384528382019290925284518086019095526005855264745553444360d81b9085015291926003610089838261025c565b506004610096828261025c565b5050506100a88261017c60201b60201c565b610120526100b58161017c565b61014052815160208084019190912060e052815190820120610100524660a05261014160e05161010051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b60805250503060c05246608903610172576040516370a9e27760e01b81524660048201526024015b60405180910390fd5b3361016052610372565b5f5f829050601f815111156101a6578260405163305a27a960e01b8152600401610169919061031a565b80516101b18261034f565b179392505050565b634e487b7160e01b5f52604160045260245ffd5b600181811c908216806101e157607f821691505b6020821081036101ff57634e487b7160e01b5f52602260045260245ffd5b50919050565b601f821115610257578282111561025757805f5260205f20601f840160051c602085101561023057505f5b90810190601f840160051c035f5b81811015610253575f8382015560010161023e565b5050505b505050565b81516001600160401b03811115610275576102756101b9565b6102898161028384546101cd565b84610205565b6020601f8211600181146102bb575f83156102a45750848201515b5f19600385901b1c1916600184901b178455610313565b5f84815260208120601f198516915b828110156102ea57878501518255602094850194600190920191016102ca565b508482101561030757868401515f19600387901b60f8161c191681555b505060018360011b0184555b5050505050565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b805160208083015191908110156101ff575f1960209190910360031b1b16919050565b60805160a05160c05160e051610100516101205161014051610160516112106103f75f395f81816101700152818161040f015281816104510152818161050701528181610549015281816107a001526107e201525f610b0601525f610adb01525f610a5001525f610a2801525f61098301525f6109ad01525f6109d701526112105ff3fe608060405234801561000f575f5ffd5b5060043610610149575f3560e01c806354fd4d50116100c7578063a9059cbb1161007d578063dd62ed3e11610063578063dd62ed3e146102ee578063f9f92be414610326578063fe575a8714610339575f5ffd5b8063a9059cbb146102c8578063d505accf146102db575f5ffd5b80637ecebe00116100ad5780637ecebe001461029257806384b0196e146102a557806395d89b41146102c0575f5ffd5b806354fd4d501461023157806370a082311461026a575f5ffd5b80631a8952661161011c578063313ce56711610102578063313ce567146102075780633644e5151461021657806340c10f191461021e575f5ffd5b80631a895266146101df57806323b872dd146101f4575f5ffd5b806306fdde031461014d578063075461721461016b578063095ea7b3146101aa57806318160ddd146101cd575b5f5ffd5b61015561035b565b6040516101629190610fba565b60405180910390f35b6101927f000000000000000000000000000000000000000000000000000000000000000081565b6040516001600160a01b039091168152602001610162565b6101bd6101b8366004610fee565b6103eb565b6040519015158152602001610162565b6002545b604051908152602001610162565b6101f26101ed366004611016565b610404565b005b6101bd61020236600461102f565b6104cb565b60405160068152602001610162565b6101d16104ee565b6101f261022c366004610fee565b6104fc565b60408051808201909152600181527f32000000000000000000000000000000000000000000000000000000000000006020820152610155565b6101d1610278366004611016565b6001600160a01b03165f9081526020819052604090205490565b6101d16102a0366004611016565b610584565b6102ad6105a1565b6040516101629796959493929190611069565b6101556105ff565b6101bd6102d6366004610fee565b61060e565b6101f26102e936600461111b565b61061b565b6101d16102fc366004611188565b6001600160a01b039182165f90815260016020908152604080832093909416825291909152205490565b6101f2610334366004611016565b610795565b6101bd610347366004611016565b60086020525f908152604090205460ff1681565b60606003805461036a906111b9565b80601f0160208091040260200160405190810160405280929190818152602001828054610396906111b9565b80156103e15780601f106103b8576101008083540402835291602001916103e1565b820191905f5260205f20905b8154815290600101906020018083116103c457829003601f168201915b5050505050905090565b5f336103f881858561085a565b60019150505b92915050565b336001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001614610483576040516337c1fdbf60e11b81523360048201526001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001660248201526044015b60405180910390fd5b6001600160a01b0381165f81815260086020526040808220805460ff19169055517f117e3210bb9aa7d9baff172026820255c6f6c30ba8999d1c2fd88e2848137c4e9190a250565b5f336104d885828561086c565b6104e3858585610901565b506001949350505050565b5f6104f7610977565b905090565b336001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001614610576576040516337c1fdbf60e11b81523360048201526001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016602482015260440161047a565b6105808282610aa0565b5050565b6001600160a01b0381165f908152600760205260408120546103fe565b5f6060805f5f5f60606105b2610ad4565b6105ba610aff565b604080515f808252602082019092527f0f000000000000000000000000000000000000000000000000000000000000009b939a50919850469750309650945092509050565b60606004805461036a906111b9565b5f336103f8818585610901565b83421115610658576040517f7602bb830000000000000000000000000000000000000000000000000000000081526004810185905260240161047a565b5f7f6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c98888886106a38c6001600160a01b03165f90815260076020526040902080546001810190915590565b6040805160208101969096526001600160a01b0394851690860152929091166060840152608083015260a082015260c0810186905260e0016040516020818303038152906040528051906020012090505f61070861070083610b2a565b868686610b71565b50909150506001600160a01b03811615806107355750886001600160a01b0316816001600160a01b031614155b1561077f576040517f26d9c2830000000000000000000000000000000000000000000000000000000081526001600160a01b0380831660048301528a16602482015260440161047a565b61078a89898961085a565b505050505050505050565b336001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000161461080f576040516337c1fdbf60e11b81523360048201526001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016602482015260440161047a565b6001600160a01b0381165f81815260086020526040808220805460ff19166001179055517fffa4e6181777692565cf28528fc88fd1516ea86b56da075235fa575af6a4b8559190a250565b6108678383836001610c39565b505050565b6001600160a01b038381165f908152600160209081526040808320938616835292905220545f198110156108fb57818110156108ed576040517ffb8f41b20000000000000000000000000000000000000000000000000000000081526001600160a01b0384166004820152602481018290526044810183905260640161047a565b6108fb84848484035f610c39565b50505050565b6001600160a01b038316610943576040517f96c6fd1e0000000000000000000000000000000000000000000000000000000081525f600482015260240161047a565b6001600160a01b03821661096c5760405163ec442f0560e01b81525f600482015260240161047a565b610867838383610d3d565b5f306001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000161480156109cf57507f000000000000000000000000000000000000000000000000000000000000000046145b156109f957507f000000000000000000000000000000000000000000000000000000000000000090565b6104f7604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b6001600160a01b038216610ac95760405163ec442f0560e01b81525f600482015260240161047a565b6105805f8383610d3d565b60606104f77f0000000000000000000000000000000000000000000000000000000000000000610dd0565b60606104f77f0000000000000000000000000000000000000000000000000000000000000000610dd0565b5f6103fe610b36610977565b836040517f19010000000000000000000000000000000000000000000000000000000000008152600281019290925260228201526042902090565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841115610baa57505f91506003905082610c2f565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa158015610bfb573d5f5f3e3d5ffd5b5050604051601f1901519150506001600160a01b038116610c2657505f925060019150829050610c2f565b92505f91508190505b9450945094915050565b6001600160a01b038416610c7b576040517fe602df050000000000000000000000000000000000000000000000000000000081525f600482015260240161047a565b6001600160a01b038316610cbd576040517f94280d620000000000000000000000000000000000000000000000000000000081525f600482015260240161047a565b6001600160a01b038085165f90815260016020908152604080832093871683529290522082905580156108fb57826001600160a01b0316846001600160a01b03167f8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b92584604051610d2f91815260200190565b60405180910390a350505050565b6001600160a01b0383165f9081526008602052604090205460ff1615610d8157604051630756c07f60e51b81526001600160a01b038416600482015260240161047a565b6001600160a01b0382165f9081526008602052604090205460ff1615610dc557604051630756c07f60e51b81526001600160a01b038316600482015260240161047a565b610867838383610e0d565b60605f610ddc83610f4c565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b6001600160a01b038316610e37578060025f828254610e2c91906111f1565b90915550610ec09050565b6001600160a01b0383165f9081526020819052604090205481811015610ea2576040517fe450d38c0000000000000000000000000000000000000000000000000000000081526001600160a01b0385166004820152602481018290526044810183905260640161047a565b6001600160a01b0384165f9081526020819052604090209082900390555b6001600160a01b038216610edc57600280548290039055610efa565b6001600160a01b0382165f9081526020819052604090208054820190555b816001600160a01b0316836001600160a01b03167fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef83604051610f3f91815260200190565b60405180910390a3505050565b5f60ff8216601f8111156103fe576040517fb3512b0c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f81518084528060208401602086015e5f602082860101526020601f19601f83011685010191505092915050565b602081525f610fcc6020830184610f8c565b9392505050565b80356001600160a01b0381168114610fe9575f5ffd5b919050565b5f5f60408385031215610fff575f5ffd5b61100883610fd3565b946020939093013593505050565b5f60208284031215611026575f5ffd5b610fcc82610fd3565b5f5f5f60608486031215611041575f5ffd5b61104a84610fd3565b925061105860208501610fd3565b929592945050506040919091013590565b7fff000000000000000000000000000000000000000000000000000000000000008816815260e060208201525f6110a360e0830189610f8c565b82810360408401526110b58189610f8c565b606084018890526001600160a01b038716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b8181101561110a5783518352602093840193909201916001016110ec565b50909b9a5050505050505050505050565b5f5f5f5f5f5f5f60e0888a031215611131575f5ffd5b61113a88610fd3565b965061114860208901610fd3565b95506040880135945060608801359350608088013560ff8116811461116b575f5ffd5b9699959850939692959460a0840135945060c09093013592915050565b5f5f60408385031215611199575f5ffd5b6111a283610fd3565b91506111b060208401610fd3565b90509250929050565b600181811c908216806111cd57607f821691505b6020821081036111eb57634e487b7160e01b5f52602260045260245ffd5b50919050565b808201808211156103fe57634e487b7160e01b5f52601160045260245ffd' as const
